"""The pages of service-public.fr: the npm package and the official XML archive, read by one importer."""
