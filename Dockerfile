# The command line with its own PostgreSQL programs, run by an account without rights: docs/how-to/run-in-docker.md
FROM python:3.13-slim AS build
WORKDIR /src
COPY . .
RUN pip install --no-cache-dir --require-hashes -r requirements/build.txt \
 && pip install --no-cache-dir --prefix=/installed --require-hashes -r requirements/runtime.txt \
 && pip install --no-cache-dir --prefix=/installed --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --uid 10001 --create-home sentinai && mkdir /state && chown sentinai /state
COPY --from=build /installed /usr/local
ENV SENTINAI_HOME=/state
VOLUME /state
WORKDIR /work
USER 10001
ENTRYPOINT ["sentinai"]
CMD ["--help"]
