# make run    the main job: kernels on the generated RTL, cycles against golden results, area
# make test   every check: lint, types, tests
# make formal every proof (the cheap ones are in make test too)
# make riscv-formal RISCV_FORMAL=DIRECTORY  riscv-formal's checks of the trace port, from a checkout of it
# All set up a virtual environment first; nothing else needs installing but python3 (3.11 or newer, with a
# shared library), a C++ compiler, make and perl.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CONV := C=32,K=32,IX=8,IY=8,FX=3,FY=3,S=1,P=1
LINEAR := C=256,K=32

export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: run test fuzz formal riscv-formal setup format clean

setup: $(STAMP)

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --config-settings editable_mode=compat --editable '.[dev]'
	touch $@

run: $(STAMP)
	mkdir -p build
	xdecimate verilog core --config xdecimate -o build/core.v
	xdecimate bench conv --geometry "$(CONV)"
	xdecimate bench linear --geometry "$(LINEAR)"
	xdecimate area
	@echo "Verilog of the core: $(CURDIR)/build/core.v"

test: $(STAMP)
	ruff check .
	ruff format --check .
	basedpyright
	python -m pytest --numprocesses 2 --dist worksteal --durations 10

# Goes on where it was interrupted, as long as nothing that it depends on has changed.
fuzz: $(STAMP)
	xdecimate fuzz --instructions 10000000 --seed 20261121 --jobs 2 --json docs/results/fuzz.json
	python -m verif.fuzz.document

formal: $(STAMP)
	mkdir -p build
	xdecimate formal --json build/formal.json

riscv-formal: $(STAMP)
	mkdir -p build
	xdecimate riscv-formal $(RISCV_FORMAL) --json build/riscv_formal.json

format: $(STAMP)
	ruff check --fix .
	ruff format .

clean:
	rm -rf build $(VENV) *.egg-info
