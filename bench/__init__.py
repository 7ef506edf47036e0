"""The benchmark: calgate beside stock Radicale and Xandikos, on the same collections, in one run."""
