"""Rule packs: what holds in a kind of practice. A pack sees calgate.domain and nothing else."""
