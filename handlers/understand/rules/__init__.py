"""From a template that fits to a typed intent: one function a group of templates, one file a family."""
