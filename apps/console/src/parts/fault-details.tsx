import { Alert, Button, Code, List, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconPlugConnectedX } from '@tabler/icons-react';
import { ApiProblem, NoAnswer } from '../api/problem.ts';
import { useTexts } from '../texts/language.tsx';
import { problemWords } from '../words/problems.ts';
import { useWord } from '../words/use-word.ts';
import { fieldTexts } from './field-names.ts';
import { partTexts } from './texts.ts';

const isField = (name: string): name is keyof typeof fieldTexts.en => Object.hasOwn(fieldTexts.en, name);

/** See `FaultBox`. */
export function FaultDetails({ error, again }: { error: unknown; again?: (() => void) | undefined }) {
  const say = useTexts(partTexts);
  const word = useWord(problemWords);
  const away = error instanceof NoAnswer;
  const known = error instanceof ApiProblem ? word(error.problem.code) : null;
  const title = known?.says ?? (away ? say('noAnswerTitle') : say('brokenTitle'));
  return (
    <Alert
      role="alert"
      color={away ? 'yellow' : 'red'}
      title={title}
      icon={away ? <IconPlugConnectedX size={18} aria-hidden /> : <IconAlertTriangle size={18} aria-hidden />}
      maw={640}
      styles={{ title: { color: 'var(--c-text)' }, message: { color: 'var(--c-text)' } }}
    >
      <Stack gap="xs" align="flex-start">
        {error instanceof ApiProblem ? (
          <ProblemText error={error} hint={known?.hint} />
        ) : (
          <>
            <Text size="sm">{away ? say('noAnswerHint') : say('brokenHint')}</Text>
            {!away && <Code block>{error instanceof Error ? error.message : String(error)}</Code>}
          </>
        )}
        {again && (
          <Button variant="default" onClick={again}>
            {say('tryAgain')}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

function ProblemText({ error: { problem }, hint }: { error: ApiProblem; hint: string | undefined }) {
  const say = useTexts(partTexts);
  const field = useTexts(fieldTexts);
  const faults = problem.faults ?? [];
  /** As people call it; where nobody has a word for it, as the API does. */
  const nameOf = (pointer: string): string => {
    const name = pointer.split('/').findLast((part) => part !== '' && !/^\d+$/.test(part)) ?? '';
    return isField(name) ? field(name) : pointer.replace(/^\//, '');
  };
  return (
    <>
      {hint && <Text size="sm">{hint}</Text>}
      {faults.length === 0 ? (
        <Text size="sm">{problem.detail}</Text>
      ) : (
        <List size="sm">
          {faults.map(({ detail, pointer }) => (
            <List.Item key={`${pointer} ${detail}`}>
              {nameOf(pointer)}: {detail}
            </List.Item>
          ))}
        </List>
      )}
      <Text size="xs" c="dimmed">
        {say('requestId', { id: problem.requestId })}
      </Text>
    </>
  );
}
