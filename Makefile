# Everything a person or CI does with this project; `make` alone lists it.
# ARGS is handed on: make test ARGS="-k lineage"

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Tests start hundreds of programs: without kept bytecode each compiles anew what it imports.
unexport PYTHONDONTWRITEBYTECODE

# Two environments: .venv is what a user gets, .venv-test has the tests' tools too.
RUN := .venv
TEST := .venv-test
ARGS ?=

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(RUN)/.stamp ## install into .venv and run the demonstration
	@$(RUN)/bin/provgraph demo $(ARGS)

# Tests run side by side, as many as WORKERS; WORKERS=0 runs them in one process. Each worker
# starts database servers of its own.
WORKERS ?= 2
PYTEST := $(TEST)/bin/python -m pytest -n $(WORKERS) --dist loadgroup

.PHONY: test
test: $(TEST)/.stamp ## run all tests (installs database servers when root)
	@# Without the servers their tests skip; CI demands them and so stops here.
	@bash tests/services/install.sh || [ -z "$${PROVGRAPH_TEST_REQUIRE_SERVICES:-}" ]
	@$(PYTEST) $(ARGS)

.PHONY: test-fast
# Left out: tests that need a server or Java, those marked slow (they start processes or take over
# half a second), and whole corpora. Random tests make few examples.
test-fast: $(TEST)/.stamp ## run what needs no server, starts no process and takes little time
	@PROVGRAPH_TEST_HISTORIES=5 PROVGRAPH_TEST_EXAMPLES=10 $(PYTEST) -q \
	    --ignore-glob='*/test_corpus.py' --ignore-glob='*/test_against_oracle.py' \
	    -m 'not slow and not postgresql and not neo4j and not java and not image' $(ARGS)

.PHONY: lint
lint: $(TEST)/.stamp ## check style: Python, shell, Dockerfile
	@$(TEST)/bin/ruff check .
	@$(TEST)/bin/ruff format --check .
	@$(TEST)/bin/shellcheck -x .ci/run docker/build.sh docker/tap/serve.sh page/build.sh \
	    tests/services/install.sh
	@$(TEST)/bin/hadolint docker/Dockerfile docker/*/Dockerfile

.PHONY: types
types: $(TEST)/.stamp ## check types
	@$(TEST)/bin/mypy $(ARGS)

.PHONY: docs
docs: $(TEST)/.stamp ## renew the pages of docs/reference from the code (ARGS=--check only looks)
	@$(TEST)/bin/python -m docs.reference.generate $(ARGS)
	@[ -n "$(ARGS)" ] || $(TEST)/bin/python -m tests.interchange.conformance

.PHONY: page
page: page/node_modules/.stamp ## build the page of the web server from page/ (ARGS=--check only compares)
	@bash page/build.sh $(ARGS)

.PHONY: bench
bench: $(TEST)/.stamp ## measure, and write the numbers
	@bash tests/services/install.sh
	@$(TEST)/bin/python -m bench $(ARGS)

.PHONY: bench-scale
bench-scale: $(TEST)/.stamp ## ask stores of 10^3 to 10^7 elements, hours: it goes on where it was stopped (ARGS=--write writes the table)
	@bash tests/services/install.sh
	@$(TEST)/bin/python -m bench.scale $(ARGS)

.PHONY: soak
soak: ## all of soak-law, soak-faults, soak-fuzz, soak-mutants and soak-dachs: a day
	@status=0; for part in law faults fuzz mutants dachs; do $(MAKE) soak-$$part || status=1; done; exit $$status

.PHONY: soak-law
soak-law: $(TEST)/.stamp ## hold every store to the law of loading on 10,000 random histories
	@bash tests/services/install.sh
	@PROVGRAPH_TEST_HISTORIES=10000 $(TEST)/bin/python -m pytest tests/identity $(ARGS)

.PHONY: soak-faults
soak-faults: $(TEST)/.stamp ## strike loaders and stores 100 times in each way (root; ARGS=--write writes the table)
	@bash tests/services/install.sh
	@$(TEST)/bin/python -m tests.faults --times 100 $(ARGS)

.PHONY: soak-fuzz
soak-fuzz: $(TEST)/.stamp ## feed each loader an hour of broken sources, and a server senseless requests
	@PROVGRAPH_TEST_FUZZ_SECONDS=3600 PROVGRAPH_TEST_HTTP_EXAMPLES=300 \
		$(TEST)/bin/python -m pytest tests/fuzz tests/web/jobs/test_resources.py $(ARGS)

.PHONY: soak-mutants
soak-mutants: $(TEST)/.stamp ## change single words of the identity rules, and list what no test notices
	@$(TEST)/bin/python -m tests.mutation $(ARGS)

.PHONY: soak-dachs
# Minutes, but not for CI: DaCHS comes with a hundred packages of Debian's.
soak-dachs: $(TEST)/.stamp ## ask ProvTAP behind a real GAVO DaCHS (root; ARGS=--write writes the table)
	@bash tests/services/install.sh python3-gavo:dachs stilts:stilts \
	    postgresql-15-pgsphere:pg_sphere postgresql-15-q3c:q3c
	@$(TEST)/bin/python -m tests.dachs $(ARGS)

.PHONY: image
image: ## build and try the API's image without docker (root)
	@bash tests/services/install.sh
	@bash docker/build.sh $(ARGS)

.PHONY: lock
lock: .venv-lock/.stamp ## renew requirements/*.lock from pyproject.toml (ARGS=--upgrade)
	@mkdir -p requirements
	@# Universal: one file for every platform and Python >= 3.11. No header and no
	@# index: the files say nothing about the machine they were made on.
	@compile() { .venv-lock/bin/uv pip compile -q --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-header $(ARGS) "$$@" pyproject.toml; }; \
	compile --extra test -o requirements/test.lock; \
	compile --extra all -c requirements/test.lock -o requirements/runtime.lock

.PHONY: clean
clean: ## remove environments, caches, downloaded servers, built images
	rm -rf .venv .venv-test .venv-lock .services build dist *.egg-info page/node_modules
	rm -rf tests/graphql/clients/node_modules
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis mutants
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---- environments -----------------------------------------------------------

# A stamp is the sign of a complete environment; a changed lock makes a new one,
# so that no package stays which the lock no longer names.
$(RUN)/.stamp: requirements/runtime.lock pyproject.toml
	@$(call venv,$(RUN))
	@$(RUN)/bin/pip install -q --require-hashes -r requirements/runtime.lock
	@$(RUN)/bin/pip install -q --no-deps -e .
	@touch $@

$(TEST)/.stamp: requirements/test.lock pyproject.toml
	@$(call venv,$(TEST))
	@# Half of pip's time would go into bytecode, most of which nothing imports.
	@$(TEST)/bin/pip install -q --no-compile --require-hashes -r requirements/test.lock
	@$(TEST)/bin/pip install -q --no-deps -e .
	@touch $@

# Of the page, and of the clients that tests ask a server with.
%/node_modules/.stamp: %/package-lock.json
	@bash tests/services/install.sh
	@cd $* && npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

.venv-lock/.stamp:
	@$(call venv,.venv-lock)
	@.venv-lock/bin/pip install -q uv
	@touch $@

# $(call venv,DIR): an empty environment with the first Python >= 3.11 found.
# Each candidate is run: a version manager's shim exists without its Python.
# Debian splits venv's ensurepip off into python3-venv.
define venv
find_python() { \
  for python in $${PYTHON:-python3.11 python3.12 python3.13 python3}; do \
    if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
    then return; fi; \
  done; return 1; \
}; \
may_install() { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; }; \
apt() { echo "installing with apt-get: $$*"; apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
  apt-get -o DPkg::Lock::Timeout=600 install -qq -y --no-install-recommends "$$@" \
  </dev/null >/dev/null; }; \
if ! find_python; then \
  if may_install; then apt python3 python3-venv ca-certificates; fi; \
  find_python || { echo "no Python 3.11 or newer found (tried: $${PYTHON:-python3.11 python3.12 python3.13 python3});" \
    "install one (Debian 12: apt-get install python3 python3-venv), or name it: make PYTHON=/path/to/python" >&2; exit 1; }; \
fi; \
if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
  if may_install; then apt python3-venv; fi; \
  "$$python" -c 'import ensurepip, venv' 2>/dev/null || { echo "$$python cannot make environments:" \
    "install the package python3-venv (Debian: apt-get install python3-venv)" >&2; exit 1; }; \
fi; \
echo "making $(1) with $$("$$python" --version)"; \
"$$python" -m venv --clear $(1); \
echo '*' > $(1)/.gitignore
endef
