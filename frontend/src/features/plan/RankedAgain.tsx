import { Text } from '@mantine/core';
import type { RerankingOut } from '@/api/types.gen';
import { Time } from '@/components/Time';
import { rankedAgain } from './ranked-again';

/** What each champion since the round was chosen has changed in it, the newest first. */
export function RankedAgain({ rerankings, currency }: { rerankings: RerankingOut[]; currency: string }) {
  return rerankings.toReversed().map((one) => (
    <Text key={one.model_number} size="sm" mt="xs">
      {rankedAgain(one, currency)} <Time at={one.at} />
    </Text>
  ));
}
