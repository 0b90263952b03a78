import { Button, type ButtonProps, Popover, Stack, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';

interface ConfirmButtonProps extends Pick<ButtonProps, 'variant'> {
  /** On the button that asks, and on the one that does it. */
  label: string;
  does: string;
  /** For those who hear the button named among others like it. */
  'aria-label'?: string;
  /** What is lost and what stays. */
  children: ReactNode;
  loading: boolean;
  onConfirm: () => void;
}

/** Does something that cannot be undone, after saying what is lost. */
export function ConfirmButton({
  label,
  does,
  children,
  loading,
  onConfirm,
  variant = 'default',
  ...rest
}: ConfirmButtonProps) {
  const [asking, setAsking] = useState(false);
  return (
    <Popover opened={asking} onChange={setAsking} width={280} withArrow trapFocus returnFocus>
      <Popover.Target>
        <Button variant={variant} onClick={() => setAsking(!asking)} {...rest}>
          {label}…
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <Text size="sm" style={{ whiteSpace: 'normal' }} ta="left">
            {children}
          </Text>
          <Button
            color="red.9"
            loading={loading}
            onClick={() => {
              onConfirm();
              setAsking(false);
            }}
          >
            {does}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
