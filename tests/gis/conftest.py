from hypothesis import settings

# The first example builds transformers and loads libraries: time per example says nothing here.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
