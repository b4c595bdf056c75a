# Rapport in a container: a wheel and its locked dependencies, run by a user without rights, data in one volume.
FROM python:3.12-slim AS build
WORKDIR /src
COPY requirements/ requirements/
RUN python -m venv /opt/rapport \
    && /opt/rapport/bin/pip install --no-cache-dir --require-hashes -r requirements/build.txt -r requirements/postgres.txt
COPY . .
RUN /opt/rapport/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.12-slim
RUN useradd --uid 10001 --home-dir /data --no-create-home rapport && install -d -o rapport -g rapport -m 0700 /data
COPY --from=build /opt/rapport /opt/rapport
ENV PATH=/opt/rapport/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    RAPPORT_DATABASE=/data/rapport.db
USER rapport
WORKDIR /data
VOLUME /data
# Answers when the database can be read and its schema is this version's.
HEALTHCHECK --interval=60s --timeout=10s --start-period=30s CMD ["rapport", "user", "list"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["rapport"]
CMD ["run"]
