# Everything a fresh machine needs: make demo, make test.
UV := $(shell command -v uv || echo .tools/bin/uv)
RUN := $(UV) run --frozen --no-sync
READY := .venv/.ready

# The tests start some hundred processes, each of which would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo scrape test check format bench chaos crash-test clean distclean setup screenshots

## set up, crawl the bundled demo shop (or URL=https://…) and show what was saved
demo: $(READY)
	$(RUN) python tests/site/demo.py $${URL:+"$$URL"}

## crawl one page: make scrape URL=https://…
scrape: $(READY)
	$(RUN) imagecrawler scrape "$$URL"

test: $(READY)
	$(RUN) pytest --numprocesses 2 --dist loadfile

check: $(READY)
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy
	$(RUN) lint-imports
	$(RUN) hadolint Dockerfile
	$(RUN) yamllint --strict .
	$(RUN) check-jsonschema --builtin-schema vendor.compose-spec compose.yaml deploy/compose.r2.yaml
	$(RUN) kubernetes-validate --strict --quiet deploy/kubernetes/base/[!k]*.yaml
	$(UV) export --frozen --no-dev --no-emit-project --no-hashes --quiet | $(RUN) python .ci/audit.py

format: $(READY)
	$(RUN) ruff format .
	$(RUN) ruff check --fix .

bench: $(READY)
	$(RUN) python bench/one_page.py
	$(RUN) python bench/api_reads.py
	$(RUN) python bench/api_load.py
	$(RUN) python bench/recrawl.py
	$(RUN) python bench/many_pages.py
	$(RUN) python bench/latency.py
	$(RUN) python bench/queue_depth.py
	$(RUN) python bench/startup.py
	$(RUN) python bench/scaling.py
	$(RUN) python bench/peers.py

## workers are killed while they crawl: nothing is lost, nothing is there twice
chaos: $(READY)
	$(RUN) python bench/chaos.py

## processes kill themselves at every point of every operation: what is lost, what is there twice?
crash-test: $(READY)
	$(RUN) python bench/crash_points.py
	$(RUN) python bench/crash_points.py --store s3 --operation crawl recovery

## the README's pictures
screenshots: $(READY)
	$(RUN) python tests/site/screenshot.py
	$(RUN) python tests/site/gallery_screenshots.py

setup: $(READY)

$(READY): uv.lock pyproject.toml | $(UV)
	$(UV) sync --frozen
	$(RUN) imagecrawler doctor --install
	touch $@

.tools/bin/uv:
	python3 -m venv .tools || { echo "needs Python's venv module (Debian, Ubuntu: apt-get install python3-venv)"; exit 1; }
	.tools/bin/pip install --quiet uv

## what was made here; the crawled data under var/ stays
clean:
	rm -rf .venv .tools build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

## the crawled data too: embedded database, objects, secret
distclean: clean
	rm -rf var
