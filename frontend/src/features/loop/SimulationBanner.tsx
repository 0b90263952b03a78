import { IconRobot } from '@tabler/icons-react';
import classes from './SimulationBanner.module.css';

/** Nobody should take simulated answers for people's. */
export function SimulationBanner({ notice }: { notice: string }) {
  return (
    <p className={classes.banner} role="note">
      <IconRobot size={16} stroke={1.6} aria-hidden />
      {notice}
    </p>
  );
}
