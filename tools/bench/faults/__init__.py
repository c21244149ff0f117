"""One fault after another on the running service, under light load by the website and by SMS: what citizens saw of each."""
