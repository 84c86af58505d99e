# make run    the main job: kernels on the generated RTL, cycles against golden results, area
# make test   every check: lint, types, tests
# make bench  the cycles of kernels in README and docs, measured again
# make networks  networks of MLPerf Tiny, from the files in $XDECIMATE_MODELS
# make compressed  kernels with and without compressed instructions: bytes and cycles
# make prediction  layers beside their predicted cycles, and the conflict factors that fit best; half an hour
# make resnet18  every variant of the paper's ResNet18 in full on the RTL
# make xdecmac_networks  ResNet18 with XDecmac in full on the RTL
# make accuracy  networks trained on digits and CIFAR-10, their accuracies and cycles; many hours
# make vit_small  every variant of the paper's ViT-Small, each distinct layer once
# make vit_small_full  its 1:16 variant with XDecimate in full, to compare
# make soak   every randomized test with SEEDS fresh seeds (default 50)
# make fuzz   10 million random instructions in each configuration, every one against the model
# make fuzz-models  10,000 mutated model files, each read or refused; SEED=N for others
# make formal every proof (the cheap ones are in make test too)
# make mutation faults put into units and core, and how many the tests see; line and toggle coverage
# make synth  every figure of area, timing, FPGA and energy again; some hours
# make explore  cores and clusters by speed-up, area and energy, and their plots
# make docs   the documents as a site in build/docs; a broken link is an error
# make setup  the virtual environment alone; make format formats; make clean removes what was built
# All set up a virtual environment first; nothing else needs installing but python3 (3.11 or newer, with a
# shared library), a C++ compiler, make and perl.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CONV := C=32,K=32,IX=8,IY=8,FX=3,FY=3,S=1,P=1
LINEAR := C=256,K=32

export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: run test bench soak fuzz fuzz-models synth formal mutation docs setup format clean networks compressed prediction resnet18 xdecmac_networks vit_small vit_small_full explore accuracy

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
	lint-imports
	python -m pytest --numprocesses 2 --dist worksteal --durations 10

SEEDS ?= 50

# With SCHEDULER=tcp://HOST:PORT on the workers of a Dask scheduler (docs/scaling.md).
soak: $(STAMP)
	$(if $(SCHEDULER),xdecimate soak --seeds $(SEEDS) --scheduler $(SCHEDULER),\
	  python -m pytest --soak $(SEEDS) --numprocesses 2 --dist worksteal --quiet)

# Continues where it was interrupted, as long as nothing that it depends on has changed.
fuzz: $(STAMP)
	xdecimate fuzz --instructions 10000000 --seed 20261121 --jobs 2 --json results/fuzz.json
	python -m reports

SEED ?= 1

fuzz-models: $(STAMP)
	python -m tests.compiler.fuzz_models --count 10000 --seed $(SEED)

formal: $(STAMP)
	xdecimate formal --json results/formal.json
	python -m reports

# The PDKs and Debian's libraries that are there.
PDKS := $(if $(PDK_ROOT),sky130A ihp-sg13g2) $(notdir $(wildcard /usr/share/qflow/tech/osu018 /usr/share/qflow/tech/osu035))
RESULTS := results/synth
SMALL := rv32im,rv32im+xdecimate

# Extensions of CORE-V that no named configuration has, and all of them.
COREV := xcvbi xcvbitrev xcvcplx xcvelw corev

comma := ,
# Clusters with fewer conflicts.
MORE_BANKS := standard$(comma)banks=32
IN_STEP := standard$(comma)hashed_banks=1$(comma)broadcast=1

# A command, and how long it took.
timed = @start=$$(date +%s); $(1); status=$$?; echo "[$$(( $$(date +%s) - start )) s]" '$(1)'; exit $$status

# Variants of XDecmac; $(1) names a library and $(2) reports of it, both empty for the embedded one.
define over_xdecimate
$(call timed,xdecimate area $(1) --configs xdecimate$(comma)xdecmac --json $(RESULTS)/area$(2)_xdecmac.json)
$(call timed,xdecimate area $(1) --configs xdecimate$(comma)xdecmac8 --json $(RESULTS)/area$(2)_xdecmac8.json)
$(call timed,xdecimate area $(1) --configs xdecimate$(comma)xdecimate+xdecmac28 --json $(RESULTS)/area$(2)_xdecmac28.json)

endef

# One extension over xdecimate, in the embedded library.
define over_core
$(call timed,xdecimate area --configs xdecimate$(comma)xdecimate+$(1) --json $(RESULTS)/area_corev_$(1).json)

endef

define each_pdk
$(call timed,xdecimate area --pdk $(1) --json $(RESULTS)/area_$(1).json)
$(call timed,xdecimate area --pdk $(1) --configs $(SMALL) --json $(RESULTS)/area_$(1)_rv32im.json)
$(call timed,xdecimate timing --pdk $(1) --orders 5 --json $(RESULTS)/timing_$(1).json)
$(call over_xdecimate,--pdk $(1),_$(1))
$(call timed,xdecimate timing --pdk $(1) --configs xdecimate$(comma)xdecimate+xdecmac28 --orders 5 --json $(RESULTS)/timing_$(1)_xdecmac28.json)

endef

define each_open_pdk
$(call timed,xdecimate timing --pdk $(1) --configs $(SMALL) --orders 5 --json $(RESULTS)/timing_$(1)_rv32im.json)
$(call timed,xdecimate energy conv --pdk $(1) --json $(RESULTS)/energy_$(1)_conv.json)
$(call timed,xdecimate energy linear --pdk $(1) --json $(RESULTS)/energy_$(1)_linear.json)
$(call timed,xdecimate energy conv --config xdecmac --pdk $(1) --json $(RESULTS)/energy_$(1)_conv_xdecmac.json)
$(call timed,xdecimate energy linear --config xdecmac --pdk $(1) --json $(RESULTS)/energy_$(1)_linear_xdecmac.json)

endef

# An interrupted run continues where it was: build/ keeps what has not changed. The results name the
# modules that are not proven in time (status 1).
synth: $(STAMP)
	$(call timed,xdecimate area --json $(RESULTS)/area.json)
	$(call timed,xdecimate area --configs $(SMALL) --json $(RESULTS)/area_rv32im.json)
	$(call over_xdecimate)
	$(call timed,xdecimate area --configs xdecimate-c$(comma)xdecimate --json $(RESULTS)/area_c.json)
	$(foreach extension,$(COREV),$(call over_core,$(extension)))
	$(call timed,xdecimate area --flat --orders 6 --json $(RESULTS)/area_flat.json)
	$(call timed,xdecimate area --unit --json $(RESULTS)/variants.json)
	$(call timed,xdecimate area --cores 8 --json $(RESULTS)/cluster_area.json)
	$(call timed,xdecimate area --cluster $(MORE_BANKS) --json $(RESULTS)/cluster_area_banks.json)
	$(call timed,xdecimate area --cluster $(IN_STEP) --json $(RESULTS)/cluster_area_step.json)
	$(call timed,xdecimate area --cores 8 --configs $(SMALL) --json $(RESULTS)/cluster_area_rv32im.json)
	$(call timed,xdecimate area --cores 8 --configs xdecimate$(comma)xdecmac --json $(RESULTS)/cluster_area_xdecmac.json)
	$(call timed,xdecimate area --cores 8 --configs xdecimate$(comma)xdecmac8 --json $(RESULTS)/cluster_area_xdecmac8.json)
	$(foreach pdk,$(PDKS),$(call each_pdk,$(pdk)))
	$(foreach pdk,$(filter-out osu%,$(PDKS)),$(call each_open_pdk,$(pdk)))
	$(call timed,xdecimate fpga --device ecp5 --json $(RESULTS)/fpga_ecp5.json)
	$(call timed,xdecimate fpga --device ecp5 --configs xdecimate$(comma)xdecmac --json $(RESULTS)/fpga_ecp5_xdecmac.json)
	$(call timed,python examples/soc/soc.py ecp5 --json results/soc_ecp5.json)
	$(call timed,xdecimate fpga --device ice40 --unit --json $(RESULTS)/fpga_ice40_unit.json)
	$(call timed,xdecimate equivalence core --json $(RESULTS)/equivalence.json || test $$? -eq 1)
	python -m reports
	$(call timed,python -m pytest -m synth tests/synth tests/examples)

define network
$(call timed,xdecimate infer $(1) --json results/networks/$(notdir $(basename $(1))).json)

endef

# One layer for clusters of several sizes, small enough for one core.
SCALING := --geometry "C=64,K=64,IX=8,IY=8,FX=3,FY=3,S=1,P=1"

XDECMAC_CONV := "C=128,K=256,IX=8,IY=8,FX=3,FY=3,S=1,P=1"
XDECMAC_FC := "C=256,K=256,T=16"

define xdecmac_cluster
$(call timed,xdecimate bench conv --cores 8 --config $(1) --kernel $(2)_$(1) --geometry $(XDECMAC_CONV) --json results/cluster_$(1)_conv$(3).json)
$(call timed,xdecimate bench linear --cores 8 --config $(1) --kernel $(2)_$(1) --geometry $(XDECMAC_FC) --json results/cluster_$(1)_linear$(3).json)

endef

# The convolution on another cluster: its name, its figures.
define xdecmac_other
$(call timed,xdecimate bench conv --cores 8 --cluster $(2) --config xdecmac --kernel sparse_xdecmac --geometry $(XDECMAC_CONV) --json results/cluster_xdecmac_$(1).json)
$(call timed,xdecimate bench conv --cores 8 --cluster $(2) --config xdecmac --kernel dense_xdecmac --geometry $(XDECMAC_CONV) --json results/cluster_xdecmac_$(1)_dense.json)

endef

# The same sources give the same files, byte for byte.
bench: $(STAMP)
	$(call timed,xdecimate bench conv --geometry paper --json results/conv.json)
	$(call timed,xdecimate bench linear --geometry paper --json results/linear.json)
	$(call timed,xdecimate bench conv --config xdecmac --geometry $(XDECMAC_CONV) --json results/xdecmac_conv.json)
	$(call timed,xdecimate bench linear --config xdecmac --geometry $(XDECMAC_FC) --json results/xdecmac_linear.json)
	$(call timed,xdecimate bench conv --config xdecmac8 --kernel sparse_xdecmac8 --geometry $(XDECMAC_CONV) --json results/xdecmac8_conv.json)
	$(call timed,xdecimate bench linear --config xdecmac8 --kernel sparse_xdecmac8 --geometry $(XDECMAC_FC) --json results/xdecmac8_linear.json)
	$(foreach core,xdecmac xdecmac8,$(call xdecmac_cluster,$(core),sparse)$(call xdecmac_cluster,$(core),dense,_dense))
	$(call xdecmac_other,banks,$(MORE_BANKS))
	$(call xdecmac_other,step,$(IN_STEP))
	$(call timed,xdecimate bench conv --cores 8 --geometry paper --json results/cluster_conv.json)
	$(call timed,xdecimate bench linear --cores 8 --geometry paper --json results/cluster_linear.json)
	$(call timed,xdecimate bench conv --cores 1$(comma)2$(comma)3$(comma)4$(comma)8 $(SCALING) --json results/cluster_scaling.json)
	$(call timed,xdecimate bench conv --cores 1$(comma)8 --cluster $(MORE_BANKS) $(SCALING) --json results/cluster_banks.json)
	python -m reports

# Networks of MLPerf Tiny on the RTL; $XDECIMATE_MODELS names the folder with their files.
networks: $(STAMP)
	@test -n "$(wildcard $(XDECIMATE_MODELS)/*.tflite)" || \
	  { echo "error: XDECIMATE_MODELS is '$(XDECIMATE_MODELS)'; set it to the folder with the files *.tflite"; exit 2; }
	mkdir -p results/networks
	$(foreach model,$(wildcard $(XDECIMATE_MODELS)/*.tflite),$(call network,$(model)))
	python -m reports

# Kernels with and without compressed instructions; with an empty cache it takes ten minutes.
compressed: $(STAMP)
	$(call timed,python -m bench.compressed results/compressed.json)
	$(call timed,xdecimate bench networks resnet8 resnet18 --sparsity 1:16 --isa xdecimate-c$(comma)xdecimate$(comma)xdecmac-c$(comma)xdecmac --json results/compressed_networks.json)
	python -m reports

# Layers beside their predicted cycles; with an empty cache it takes half an hour.
prediction: $(STAMP)
	$(call timed,python -m bench.prediction results/prediction.json)
	python -m reports

# Continues where it was interrupted.
resnet18: $(STAMP)
	mkdir -p build results/paper_networks
	$(call timed,xdecimate bench networks resnet18 --json results/paper_networks/resnet18.json --plot build/resnet18)
	$(call timed,xdecimate bench networks resnet18 --sparsity 1:16 --isa xdecimate --composed --json results/paper_networks/resnet18_composed.json)
	cp build/resnet18.svg docs/figures
	python -m reports

# Continues where it was interrupted.
xdecmac_networks: $(STAMP)
	mkdir -p results/xdecmac_networks
	$(call timed,xdecimate bench networks resnet18 --isa xdecmac --json results/xdecmac_networks/resnet18.json)
	$(call timed,xdecimate bench networks vit_small --sparsity 1:16 --isa xdecmac --composed --json results/xdecmac_networks/vit_small.json)
	$(call timed,xdecimate bench networks resnet18 --sparsity 1:8$(comma)1:16 --isa xdecmac --cluster $(IN_STEP) --json results/xdecmac_networks/resnet18_in_step.json)
	$(call timed,xdecimate bench networks resnet8 --sparsity dense$(comma)1:16 --isa baseline$(comma)xdecimate$(comma)xdecmac --json results/xdecmac_networks/resnet8.json)
	python -m reports

vit_small: $(STAMP)
	mkdir -p build results/paper_networks
	$(call timed,xdecimate bench networks vit_small --composed --json results/paper_networks/vit_small.json --plot build/vit_small)
	cp build/vit_small.svg docs/figures
	python -m reports

# Continues where it was interrupted.
vit_small_full: $(STAMP)
	mkdir -p results/paper_networks
	$(call timed,xdecimate bench networks vit_small --sparsity 1:16 --isa xdecimate --json results/paper_networks/vit_small_full.json)
	python -m reports

# Clusters of one size.
INTERCONNECTS := --cluster standard --cluster $(MORE_BANKS) --cluster $(IN_STEP)
# Clusters of several sizes.
SIZES := --cores 4$(comma)8 --bus 8$(comma)16 --l1 64k$(comma)128k

# Continues where it was interrupted.
explore: $(STAMP)
	@test -n "$(PDK_ROOT)" || { echo "error: PDK_ROOT is not set; set it to the folder with ihp-sg13g2"; exit 2; }
	mkdir -p build results/explore
	$(call timed,xdecimate explore conv --geometry $(XDECMAC_CONV) --energy --pdk ihp-sg13g2 --json results/explore/conv.json --plot build/explore_conv)
	$(call timed,xdecimate explore linear --geometry $(XDECMAC_FC) --energy --pdk ihp-sg13g2 --json results/explore/linear.json --plot build/explore_linear)
	$(call timed,xdecimate explore conv --geometry $(XDECMAC_CONV) --configs xdecmac $(INTERCONNECTS) --json results/explore/clusters.json --plot build/explore_clusters)
	$(call timed,xdecimate explore conv --geometry $(XDECMAC_CONV) --configs xdecmac $(SIZES) --json results/explore/sizes.json --plot build/explore_sizes)
	cp build/explore_conv.svg build/explore_linear.svg build/explore_clusters.svg build/explore_sizes.svg docs/figures
	python -m reports

CIFAR10 := --models resnet8 --data folder:cifar10_jpeg.tar.xz --seeds 1 -o build/cifar10
CIFAR10_MODELS := resnet8_dense resnet8_1_4 resnet8_1_8 resnet8_1_16 resnet8_budget_3

# Continues where it was interrupted; without CIFAR-10 in $XDECIMATE_DATA only the digits.
accuracy: $(STAMP)
	mkdir -p build results/accuracy
	$(call timed,xdecimate bench accuracy --seeds 5 -o build/digits --json results/accuracy/digits.json --plot build/digits)
	cp build/digits.svg docs/figures
	$(call timed,xdecimate bench accuracy --seeds 1 -o build/digits --isa xdecmac --rtl 25 --json results/accuracy/digits_rtl.json)
ifneq ($(wildcard $(XDECIMATE_DATA)/cifar10_jpeg.tar.xz),)
	$(call timed,xdecimate bench accuracy $(CIFAR10) --isa xdecimate --rtl 3 --json results/accuracy/cifar10_xdecimate.json)
	$(call timed,xdecimate bench accuracy $(CIFAR10) --isa xdecmac --rtl 100 --json results/accuracy/cifar10_xdecmac.json)
	$(call timed,xdecimate bench accuracy $(CIFAR10) --sparsity budget:3 --rtl 3 --json results/accuracy/cifar10_budget.json)
	for name in $(CIFAR10_MODELS); do \
	  cp build/cifar10/$${name}_1/model.onnx examples/cifar10/$$name.onnx && \
	  cp build/cifar10/$${name}_1/training.json examples/cifar10/$$name.json || exit; done
endif
	mkdir -p results/accuracy/models
	for name in $(CIFAR10_MODELS); do for isa in xdecimate xdecmac; do \
	  xdecimate infer examples/cifar10/$$name.onnx --isa $$isa --json results/accuracy/models/$${name}_$$isa.json || exit; done; done
	$(call timed,xdecimate infer examples/cifar10/resnet8_1_16.onnx --isa xdecmac --cluster $(IN_STEP) --json results/accuracy/cifar10_in_step.json)
	python -m reports

mutation: $(STAMP)
	xdecimate mutation unit --count 200 --seed 1 --json results/mutation_unit.json
	xdecimate mutation unit --config xdecmac --count 200 --seed 1 --json results/mutation_unit_xdecmac.json
	xdecimate mutation unit --config xdecmac8 --count 200 --seed 1 --json results/mutation_unit_xdecmac8.json
	xdecimate mutation core --count 300 --seed 1 --json results/mutation_core.json
	xdecimate mutation core --config xdecmac --source hw/units/decmac/record --count 40 --seed 1 --json results/mutation_core_xdecmac.json
	xdecimate coverage --json results/coverage.json
	python -m reports

docs: $(STAMP)
	sphinx-build -q -W --keep-going -b html docs build/docs
	@echo "Documents: $(CURDIR)/build/docs/index.html"

format: $(STAMP)
	ruff check --fix .
	ruff format .

clean:
	rm -rf build $(VENV) *.egg-info .import_linter_cache .pytest_cache .ruff_cache
