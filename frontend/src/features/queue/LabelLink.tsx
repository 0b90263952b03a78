import { Anchor, Button } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import type { QueueItemOut } from '@/api/types.gen';
import { isWaiting } from './state';

interface LabelLinkProps {
  item: QueueItemOut;
  prominent?: boolean;
}

/** Where this sample can be answered, once its task is there; afterwards, where the answer was given. */
export function LabelLink({ item, prominent = false }: LabelLinkProps) {
  if (!item.label_studio_url) return null;
  const does = isWaiting(item) ? 'Label in Label Studio' : 'See in Label Studio';
  const target = { href: item.label_studio_url, target: '_blank', rel: 'noreferrer' };
  if (prominent) {
    return (
      <Button component="a" {...target} rightSection={<IconExternalLink size={14} />}>
        {does}
      </Button>
    );
  }
  return (
    <Anchor {...target} size="xs" style={{ whiteSpace: 'nowrap' }}>
      {does}
      <IconExternalLink size={12} style={{ marginLeft: 3, verticalAlign: '-1px' }} aria-hidden />
    </Anchor>
  );
}
