"""Our own store: schema, connections, journals of points, packed columns, recovery."""
