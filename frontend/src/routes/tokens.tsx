import { Stack, Title } from '@mantine/core';
import { TokenPanel } from '@/features/account/TokenPanel';

export function TokensPage() {
  return (
    <Stack gap="md" maw={880} mx="auto">
      <Title order={1}>Settings</Title>
      <TokenPanel />
    </Stack>
  );
}
