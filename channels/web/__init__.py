"""The website's channel: the API under ``/api/web``, the widget's files, and the public pages."""
