# The same steps as `make setup`, from the lock file, run as an ordinary user.
FROM python:3.11-slim-bookworm AS build
RUN pip install --no-cache-dir uv
WORKDIR /app
COPY pyproject.toml uv.lock README.md LICENSE setup.py ./
RUN uv sync --frozen --no-dev --no-install-project
COPY imagecrawler imagecrawler
COPY spiders spiders
COPY pipelines pipelines
COPY migrations migrations
RUN uv sync --frozen --no-dev --no-editable

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends chromium-headless-shell tini fonts-liberation \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 crawler
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY scrapy.cfg scrapyd.conf ./
RUN mkdir var && chown crawler var
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1
USER crawler
VOLUME /app/var
ENTRYPOINT ["tini", "--"]
CMD ["scrapyd"]
