"""Second looks at the warehouse: open problems of the data, why something is not invoiced, how far a run is behind, what must hold."""
