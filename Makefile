# mlloop: `make run` opens the window, `make test` proves that it works. Both set up what they need.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
COMPILED := $(VENV)/.compiled

# One BLAS thread: two of them fight the window for the cores, and results differ in the last bit.
export OPENBLAS_NUM_THREADS := 1
export MKL_NUM_THREADS := 1
export OMP_NUM_THREADS := 1

# What Qt's xcb and offscreen platforms load, as SONAME=PACKAGE of Debian-like systems.
QT_LIBRARIES := \
	libEGL.so.1=libegl1 libGL.so.1=libgl1 libdbus-1.so.3=libdbus-1-3 \
	libfontconfig.so.1=libfontconfig1 libglib-2.0.so.0=libglib2.0-0 \
	libX11-xcb.so.1=libx11-xcb1 libxkbcommon.so.0=libxkbcommon0 \
	libxkbcommon-x11.so.0=libxkbcommon-x11-0 libxcb-cursor.so.0=libxcb-cursor0 \
	libxcb-icccm.so.4=libxcb-icccm4 libxcb-image.so.0=libxcb-image0 \
	libxcb-keysyms.so.1=libxcb-keysyms1 libxcb-randr.so.0=libxcb-randr0 \
	libxcb-render-util.so.0=libxcb-render-util0 libxcb-shape.so.0=libxcb-shape0 \
	libxcb-sync.so.1=libxcb-sync1 libxcb-xfixes.so.0=libxcb-xfixes0 \
	libxcb-xkb.so.1=libxcb-xkb1
# What drives a real window without a screen, as COMMAND=PACKAGE.
SCREEN_TOOLS := Xvfb=xvfb xdotool=xdotool

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo '  Variables: PYTHON=python3.12 (to set up with), ARGS="FILE --help" (for run)'

.PHONY: run
run: setup ## set up, then open the window; make run ARGS=my.toml opens a file
	@$(BIN)/mlloop $(ARGS)

.PHONY: test
test: setup screen lint ## set up, then lint, check types and run all tests
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal $(ARGS)

.PHONY: lint
lint: $(READY) ## check style, format and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

.PHONY: format
format: $(READY) ## mend what ruff can mend by itself
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: bench
bench: setup screen ## print the benchmark tables
	@$(BIN)/python -m benchmarks $(ARGS)

.PHONY: soak
soak: setup screen ## run for long and watch the memory
	@$(BIN)/python -m benchmarks.soak $(ARGS)

.PHONY: setup
setup: libraries $(COMPILED) ## make .venv with what requirements.lock pins, and install Qt's libraries

$(READY): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo "mlloop needs Python 3.11 or newer, and '$(PYTHON)' is not to be found;" \
	       "install it, or name another: make run PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' || { \
	  echo "mlloop needs Python 3.11 to 3.14, and '$(PYTHON)' is $$($(PYTHON) -V 2>&1);" \
	       "name another: make run PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/python || { echo "Making $(VENV)"; $(PYTHON) -m venv $(VENV); } || { \
	  rm -rf $(VENV); \
	  echo "Python's venv module is missing or incomplete; on Debian-like systems:" \
	       "apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing what requirements.lock pins into $(VENV) (once; about 250 MB to fetch)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
	  --no-build-isolation --editable .
	@touch $@

# The machine code is kept in the user's cache folder; the program makes it by itself where it is gone.
$(COMPILED): $(READY) $(wildcard core/network/compiled/*.py)
	@echo "Compiling the training loop (once; about 20 s)"
	@$(BIN)/python -m core.network.compiled.warm
	@touch $@

# Looks before it installs: with everything in place this takes milliseconds and asks for nothing.
.PHONY: libraries
libraries:
	@command -v apt-get >/dev/null 2>&1 || exit 0; \
	known=$$( { /sbin/ldconfig -p || ldconfig -p; } 2>/dev/null ); missing=; \
	for pair in $(QT_LIBRARIES); do \
	  case "$$known" in *"$${pair%%=*} "*) ;; *) missing="$$missing $${pair#*=}" ;; esac; \
	done; \
	find /usr/share/fonts /usr/local/share/fonts "$$HOME/.fonts" "$$HOME/.local/share/fonts" \
	  -name '*.[to]tf' 2>/dev/null | grep -q . || missing="$$missing fonts-dejavu-core"; \
	$(call apt_install,Qt)

.PHONY: screen
screen:
	@command -v apt-get >/dev/null 2>&1 || exit 0; missing=; \
	for pair in $(SCREEN_TOOLS); do \
	  command -v $${pair%%=*} >/dev/null 2>&1 || missing="$$missing $${pair#*=}"; \
	done; \
	$(call apt_install,the tests of the window)

# Installs $missing, needed by $(1); when that cannot be done, says so and goes on.
define apt_install
	test -n "$$missing" || exit 0; \
	echo "Installing for $(1):$$missing"; \
	if [ "$$(id -u)" = 0 ]; then as_root=; \
	elif command -v sudo >/dev/null 2>&1; then \
	  if [ -t 0 ]; then as_root=sudo; else as_root='sudo -n'; fi; \
	else as_root=false; fi; \
	{ $$as_root apt-get update --quiet=2; $$as_root env DEBIAN_FRONTEND=noninteractive \
	  apt-get install --quiet=2 --yes --no-install-recommends $$missing >/dev/null; } || \
	echo "Could not install them; if the window does not open, as root: apt-get install$$missing" >&2
endef

.PHONY: lock
lock: $(READY) ## pin the newest allowed versions in requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@{ echo '# Made by `make lock`: every dependency of the program and its tests, for Python 3.11'; \
	   echo '# to 3.14 on Linux, macOS and Windows. Do not edit.'; \
	   $(BIN)/uv pip compile pyproject.toml --extra test --extra fast --universal --python-version 3.11 \
	     --fork-strategy fewest --generate-hashes --upgrade --no-header --no-emit-index-url --no-emit-find-links --quiet; \
	} > requirements.lock.new
	@mv requirements.lock.new requirements.lock

.PHONY: clean
clean: ## remove .venv and everything made by tools
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
