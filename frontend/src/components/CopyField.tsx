import { Button, Code, CopyButton, Group } from '@mantine/core';

interface CopyFieldProps {
  value: string;
  'data-testid'?: string;
}

/** A secret or an address, in full, with a button that copies it. */
export function CopyField({ value, ...rest }: CopyFieldProps) {
  return (
    <Group gap="xs">
      <Code style={{ overflowWrap: 'anywhere' }} {...rest}>
        {value}
      </Code>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Button variant="default" onClick={copy}>
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}
