# The one image: every service is it with another command (shared/container.ts). Docker and BuildKit are needed to
# build it, nothing else; test/image tries what is in it without either.

# The Node that package.json pins for development and tests.
ARG NODE_VERSION=24.21.0

FROM node:${NODE_VERSION}-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# No package of production has an install script that it needs.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

# The web console as files, with what it takes to build them: none of that goes any further.
FROM node:${NODE_VERSION}-slim AS console
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY shared shared
COPY apps apps
RUN node apps/console/build/main.ts --into /console

FROM node:${NODE_VERSION}-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json ./
COPY shared shared
COPY apps apps
COPY --from=console /console apps/console/dist
# By number, so that ECS and Kubernetes can see that it is not root. Nothing is written: the file system may be read-only.
USER 1000:1000
EXPOSE 8000 8080
# Nothing stands between the container's init and the process: SIGTERM reaches it.
ENTRYPOINT []
CMD ["node", "--version"]
