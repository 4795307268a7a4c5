-- Schemas: `invoicing` holds the tables (private, free to change), `analytics` the views that analysts may rely on.
CREATE SCHEMA IF NOT EXISTS invoicing;

CREATE SCHEMA IF NOT EXISTS analytics;
