"""calgate as plugins on Radicale 3.9: storage, auth, rights, web and a thin application subclass."""
