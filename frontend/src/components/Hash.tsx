import { CopyButton, Tooltip, UnstyledButton } from '@mantine/core';

/** The first characters of a content hash; a click copies all of it. */
export function Hash({ value }: { value: string }) {
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : `${value} — click to copy`}>
          <UnstyledButton onClick={copy} ff="monospace" fz="xs" aria-label={`Copy ${value}`}>
            {value.slice(0, 10)}
          </UnstyledButton>
        </Tooltip>
      )}
    </CopyButton>
  );
}
