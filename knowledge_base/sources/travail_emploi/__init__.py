"""The pages of the Ministry of Labour (travail-emploi.gouv.fr): HTML of an npm package, read through an allow-list."""
