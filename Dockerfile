# The service's image: web, worker, scheduler and command line differ only in the command.
FROM python:3.12.14-slim-trixie@sha256:e5c9fa26ffb76e11e0f054f30dc2523a2f9693f0c36c0cf1e39b27e152d899fc AS packages
COPY requirements.lock /tmp/requirements.lock
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/requirements.lock

FROM python:3.12.14-slim-trixie@sha256:e5c9fa26ffb76e11e0f054f30dc2523a2f9693f0c36c0cf1e39b27e152d899fc
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin liaison \
    && install -d -o liaison -g liaison -m 0700 /mailbox \
    && printf '#!/bin/sh\nexec python -m webapp.cli "$@"\n' > /usr/local/bin/liaison && chmod 0755 /usr/local/bin/liaison
COPY --from=packages /opt/venv /opt/venv
COPY webapp /app/webapp
COPY tasks /app/tasks
COPY templates /app/templates
COPY gunicorn.conf.py /app/gunicorn.conf.py
RUN /opt/venv/bin/python -m compileall -q /app
ENV PATH=/opt/venv/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    LIAISON_ENV=production LIAISON_DATA_DIR=/tmp
WORKDIR /app
USER liaison
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
# No access log: the addresses of tracking pages are secrets.
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "webapp:create_app()"]
