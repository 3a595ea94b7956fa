# syntax=docker/dockerfile:1

# Pinned by its tag, which gets the fixes of Node.js and Debian at every build. To pin what is built as well, write the
# digest behind it: `docker buildx imagetools inspect node:24-bookworm-slim` shows it, FROM node:24-bookworm-slim@sha256:…
FROM node:24-bookworm-slim AS build
WORKDIR /app
# Without it the package of the detector's engine would fetch libraries for graphics cards, from elsewhere than npm.
ENV ONNXRUNTIME_NODE_INSTALL=skip
COPY package.json package-lock.json .npmrc ./
COPY packages/embedded-postgres/package.json packages/embedded-postgres/
COPY web/package.json web/
RUN npm ci
COPY tsconfig.json ./
COPY migrations migrations
COPY packages/embedded-postgres/tsconfig.json packages/embedded-postgres/
COPY packages/embedded-postgres/src packages/embedded-postgres/src
COPY src src
RUN npm run build
COPY web web
RUN npm run build:web
# What looks for persons: the engine for this platform alone, and the converted models (9 MB) instead of their package.
RUN node -e "require('./dist/src/infrastructure/onnx/model-store.js').modelsOf({dataDir: '/app', detectorPersons: 'centernet', detectorModel: ''})" \
  && mkdir -p engine && cp -r node_modules/onnxruntime-node node_modules/onnxruntime-common engine/ \
  && cd engine/onnxruntime-node/bin/napi-v6 && rm -rf darwin win32 \
  && find linux -mindepth 1 -maxdepth 1 ! -name "$(node -p process.arch)" -exec rm -rf {} +

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/embedded-postgres/package.json packages/embedded-postgres/
COPY web/package.json web/
# The optional packages are the embedded PostgreSQL, which a container leaves to DATABASE_URL, an ffmpeg, which it has
# from its distribution, and the detector's engine and models, of which it takes a part.
RUN npm ci --omit=dev --omit=optional

FROM node:24-bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg && rm -rf /var/lib/apt/lists/*
WORKDIR /app
# Inside a container only its own network reaches 0.0.0.0; publish the port on 127.0.0.1 (see docker-compose.yml).
# Every request needs a token there: docker compose run --rm watchgate node dist/src/cli/token.js create --role admin --name …
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8000 DATA_DIR=/app/data
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/engine node_modules
COPY --from=build /app/models models
COPY --from=build /app/dist dist
COPY --from=build /app/packages/embedded-postgres/dist packages/embedded-postgres/dist
COPY package.json ./
COPY packages/embedded-postgres/package.json packages/embedded-postgres/
# No configuration goes into the image: it holds the passwords of cameras.
# Whatever user is chosen may write there, and nobody else is in the container: a named volume begins with these rights.
RUN mkdir config logs data && chmod 1777 config logs data
USER node
EXPOSE 8000
# The folder, not the file: a file that is mounted by itself cannot be replaced in one step, and that is how a
# change is written so that no reader ever sees half of it.
VOLUME ["/app/config", "/app/logs", "/app/data"]
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/src/main.js"]
