import { Button, FileButton, Stack, Text } from '@mantine/core';
import { IconFileSpreadsheet } from '@tabler/icons-react';
import { type DragEvent, useState } from 'react';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { bytesInWords, isSpreadsheet } from './file.ts';
import classes from './imports.module.css';
import { importTexts } from './texts.ts';

/** Chooses a file, by its button or by dropping it here. */
export function FileChoice({ choose, file }: { file: File | null; choose: (file: File) => void }) {
  const say = useTexts(importTexts);
  const language = useLanguage();
  const [isOver, setOver] = useState(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const [dropped] = event.dataTransfer.files;
    if (dropped !== undefined) choose(dropped);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: whoever has no pointer uses the button
    <div
      className={classes.drop}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <IconFileSpreadsheet size={28} aria-hidden className={classes.fileIcon} />
      <Stack gap={2} miw={0}>
        {file === null ? (
          <>
            <Text fw={500}>{say('dropHere')}</Text>
            <Text size="sm" c="dimmed">
              {say('dropHint')}
            </Text>
          </>
        ) : (
          <>
            <Text fw={500} className={classes.fileName}>
              {file.name}
            </Text>
            <Text size="sm" c={isSpreadsheet(file.name) ? undefined : 'dimmed'} role="status">
              {isSpreadsheet(file.name) ? say('isSpreadsheet') : bytesInWords(file.size, language)}
            </Text>
          </>
        )}
      </Stack>
      <FileButton
        accept=".csv,.tsv,.txt,text/csv"
        onChange={(chosen) => {
          if (chosen !== null) choose(chosen);
        }}
        inputProps={{ 'aria-label': say('file') }}
      >
        {(props) => (
          <Button variant="default" {...props}>
            {say(file === null ? 'chooseFile' : 'otherFile')}
          </Button>
        )}
      </FileButton>
    </div>
  );
}
