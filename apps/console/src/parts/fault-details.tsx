import { Alert, Button, Code, List, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconPlugConnectedX } from '@tabler/icons-react';
import { ApiProblem, NoAnswer } from '../api/problem.ts';
import { useLanguage, useTexts } from '../texts/language.tsx';
import { fieldTexts } from './field-names.ts';
import { partTexts } from './texts.ts';
import { API_LANGUAGE, type Why, whyOf } from './why.ts';

const isField = (name: string): name is keyof typeof fieldTexts.en => Object.hasOwn(fieldTexts.en, name);

/** See `FaultBox`. */
export function FaultDetails({ error, again }: { error: unknown; again?: (() => void) | undefined }) {
  const say = useTexts(partTexts);
  const language = useLanguage();
  const away = error instanceof NoAnswer;
  const why = error instanceof ApiProblem ? whyOf(error.problem, language) : null;
  const title = why?.title ?? (away ? say('noAnswerTitle') : say('brokenTitle'));
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
        {error instanceof ApiProblem && why !== null ? (
          <ProblemText error={error} why={why} />
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

function ProblemText({ error: { problem }, why: { detail, hint } }: { error: ApiProblem; why: Why }) {
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
        detail !== null && (
          <Text size="sm" lang={API_LANGUAGE}>
            {detail}
          </Text>
        )
      ) : (
        <List size="sm">
          {faults.map(({ detail: what, pointer }) => (
            <List.Item key={`${pointer} ${what}`}>
              {nameOf(pointer)}: <span lang={API_LANGUAGE}>{what}</span>
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
