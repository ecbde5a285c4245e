// The summary of what is wrong takes focus, so that it is read first.
export default function errorSummary(element) {
  element.focus();
}
