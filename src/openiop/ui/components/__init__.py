"""The components: one typed function each, which templates reach through `{% load ui %}`."""
