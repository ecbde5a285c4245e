"""How a benchmark says what it found: one line per target, the same in every benchmark."""

import os


def quick() -> bool:
    """Whether a short run on small data is asked for (QUICK=1)."""
    return os.environ.get("QUICK", "") not in ("", "0")


def report(
    name: str, ratio: float | None, target: float, note: str = "", *, at_most: bool = False
) -> bool:
    """Print the line of one target and say whether it was met.

    ``ratio`` is how many times better than what it is compared with, so larger is better; with
    ``at_most`` it is a cost, so smaller is better. None is what could not be measured and never
    counts as met. ``note`` stands on a line before it:
    what was compared, on how much data, and why it could not be measured.
    """
    met = ratio is not None and (ratio <= target if at_most else ratio >= target)
    if note:
        print(f"  {note}")
    shown = "none" if ratio is None else f"{ratio:.3g}"
    print(f"bench {name} ratio={shown} target={target:g} met={'yes' if met else 'no'}", flush=True)
    return met
