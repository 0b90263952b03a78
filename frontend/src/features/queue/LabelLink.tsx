import { Anchor, Button } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import type { QueueItemOut } from '@/api/types.gen';

interface LabelLinkProps {
  item: QueueItemOut;
  prominent?: boolean;
}

/** Where this sample can be answered, once its task is there. */
export function LabelLink({ item, prominent = false }: LabelLinkProps) {
  if (!item.label_studio_url) return null;
  const target = { href: item.label_studio_url, target: '_blank', rel: 'noreferrer' };
  if (prominent) {
    return (
      <Button component="a" {...target} rightSection={<IconExternalLink size={14} />}>
        Label in Label Studio
      </Button>
    );
  }
  return (
    <Anchor {...target} size="xs" style={{ whiteSpace: 'nowrap' }}>
      Label in Label Studio
      <IconExternalLink size={12} style={{ marginLeft: 3, verticalAlign: '-1px' }} aria-hidden />
    </Anchor>
  );
}
