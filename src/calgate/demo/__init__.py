"""The built-in demo practice: one organization for each of the packs that come with calgate."""
