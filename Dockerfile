# The steps of `make setup`, from the lock file, for an ordinary user. BROWSER=playwright takes the
# Chromium that Playwright is tested with instead of the one that Debian's security team patches.
ARG BROWSER=debian

FROM python:3.11-slim-bookworm AS dependencies
RUN pip install --no-cache-dir uv==0.13.9
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --frozen --no-dev --no-install-project

FROM python:3.11-slim-bookworm AS runtime
# a security update of Debian's must not wait for a version number here
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends fonts-liberation tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 crawler
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1

FROM runtime AS browser-debian
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends chromium-headless-shell \
    && rm -rf /var/lib/apt/lists/*

FROM runtime AS browser-playwright
ENV PLAYWRIGHT_BROWSERS_PATH=/opt/browsers
RUN --mount=type=bind,from=dependencies,source=/app/.venv,target=/app/.venv \
    playwright install --with-deps --only-shell chromium \
    && rm -rf /var/lib/apt/lists/*

# hadolint ignore=DL3006
FROM browser-${BROWSER}
COPY --from=dependencies /app/.venv /app/.venv
# in a layer of its own, without the dependencies: a new version of the code is a small download
RUN --mount=type=bind,target=/source,rw \
    --mount=type=bind,from=dependencies,source=/usr/local/bin/uv,target=/usr/local/bin/uv \
    UV_PROJECT_ENVIRONMENT=/app/.venv UV_COMPILE_BYTECODE=1 UV_NO_CACHE=1 \
    uv sync --project /source --frozen --no-dev --no-editable
COPY scrapy.cfg scrapyd.conf /app/
RUN mkdir var && chown 10001:10001 var
USER 10001:10001
RUN imagecrawler doctor --install
EXPOSE 8000 6800
STOPSIGNAL SIGTERM
# 143: what scrapyd ends with when it was told to
ENTRYPOINT ["tini", "-e", "143", "--"]
# Alone it is the whole service, with its data under /app/var. No HEALTHCHECK: what is healthy differs
# between the API, a worker and scrapyd, so compose.yaml and deploy/kubernetes say it for each.
CMD ["imagecrawler", "serve", "--host", "0.0.0.0"]
