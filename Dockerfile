# One image for every process of the site; compose.yaml says which command each of them runs.
# Python 3.11 on Debian 12 is what the suite runs on.

FROM node:22-bookworm-slim AS browser
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=optional

FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements.txt ./
RUN python -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --no-deps -r requirements.txt
COPY . .
COPY --from=browser /build/node_modules node_modules
# the two keys live as long as this step: collectstatic starts Django, and Django asks for them
RUN python -m lms.bootstrap vendor \
    && python -m lms.bootstrap compile \
    && SECRET_KEY=build XUESHI_FIELD_KEY=build XUESHI_HOME=/tmp/home XUESHI_SITE_URL=https://build.invalid \
       .venv/bin/python manage.py collectstatic --no-input --ignore "vendor/fonts/*" --ignore vendor/axe.min.js \
    && .venv/bin/python -m compileall -q accounts certificates cms_pages courses lms media_pipeline provinces tracking \
    && rm -rf node_modules

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends ffmpeg fonts-hanazono fonts-babelstone-han \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --create-home xueshi
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=lms.settings \
    XUESHI_HOME=/data \
    PORT=8000 \
    REMAP_SIGTERM=SIGQUIT
USER xueshi
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 CMD ["python", "-m", "lms.bootstrap", "healthz"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "8", "lms.wsgi:application"]
