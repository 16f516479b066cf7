/** In place of the build of the console: it has begun, and does not end by itself. */
process.stdout.write('it is being built\n');
process.on('disconnect', () => process.exit(1));
