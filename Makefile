# Shorthand only; dev.py does the work and needs no make.
.PHONY: demo test bench check
demo test bench check:
	@python3 dev.py $@ $(ARGS)
