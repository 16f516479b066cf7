import { Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Import } from '#shared/api-client/api-types.ts';
import { Action } from '../../../parts/action.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Notice } from '../../../parts/notice.tsx';
import { WorkProgress } from '../../../parts/work-progress.tsx';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { bytesInWords, isSpreadsheet } from './file.ts';
import { FileChoice } from './file-choice.tsx';
import { importTexts } from './texts.ts';
import { beginUpload, useUpload } from './uploads.ts';

/** The file is on its way from this tab, or has to be chosen: again, where it broke off. */
export function Uploading({ import: { id, rows } }: { import: Import }) {
  const say = useTexts(importTexts);
  const language = useLanguage();
  const cache = useQueryClient();
  const upload = useUpload(id);
  const [file, setFile] = useState<File | null>(null);
  if (upload !== undefined && upload.error === null) {
    return (
      <Stack gap="xs" maw={640}>
        <WorkProgress
          label={say('now_uploading')}
          done={upload.sent}
          whole={upload.bytes}
          say={(bytes) => bytesInWords(bytes, language)}
        />
        <Text size="sm">{say('stayHere')}</Text>
      </Stack>
    );
  }
  const whyNot =
    file === null ? say('fileFirst') : isSpreadsheet(file.name) ? say('isSpreadsheet') : undefined;
  return (
    <Stack gap="md" maw={640} align="flex-start">
      {upload?.error ? (
        <FaultBox error={upload.error} />
      ) : (
        <Notice tone={rows > 0 ? 'held' : 'info'}>{say(rows > 0 ? 'brokeOff' : 'waitsForFile')}</Notice>
      )}
      <div style={{ width: '100%' }}>
        <FileChoice file={file} choose={setFile} />
      </div>
      <Action
        needs="operator"
        whyNot={whyNot}
        does={() => {
          if (file !== null) beginUpload(cache, id, file);
        }}
      >
        {say('send')}
      </Action>
    </Stack>
  );
}
