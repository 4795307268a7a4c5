-- Schemas: `invoicing` holds the tables (private, free to change), `rules` each business rule once, as a view over them, and
-- `analytics` the views that analysts may rely on.
CREATE SCHEMA IF NOT EXISTS invoicing;

CREATE SCHEMA IF NOT EXISTS rules;

CREATE SCHEMA IF NOT EXISTS analytics;
