# The command line of Holdfast: `docker build -t holdfast .`, then `docker run -v holdfast:/data holdfast init`. See docs/production.md.

FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No package of ours needs its install script; our own `prepare` runs below, when the sources are there.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
RUN npm run build

FROM node:22-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:22-slim
ENV NODE_ENV=production HOLDFAST_STORE=/data
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json LICENSE ./
COPY --from=build /app/dist dist
RUN ln -s /app/dist/interfaces/cli/main.js /usr/local/bin/holdfast && mkdir /data && chown node:node /data
USER node
VOLUME /data
# Appends nothing. Unhealthy: the store is out of reach, or claims are long overdue because nobody watches them.
HEALTHCHECK --interval=30s --timeout=15s --start-period=30s --retries=3 CMD ["holdfast", "doctor", "--read-only"]
ENTRYPOINT ["holdfast"]
CMD ["serve"]
