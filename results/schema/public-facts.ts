// Parts of the kernel command line and of a mount that a run publishes: those that can change a measurement. The rest may name disks, hosts,
// users and folders.

/** The label of every machine that has no id. */
export const UNKNOWN_MACHINE = 'machine-unknown';

/** Why options of the kernel command line are published, and their names. */
const KERNEL_OPTIONS: Readonly<Record<string, string>> = {
  'the cost of entering the kernel': `
    mitigations pti nopti kpti nospectre_v1 nospectre_v2 spectre_v2 spectre_v2_user spectre_bhi spec_store_bypass_disable retbleed
    spec_rstack_overflow gather_data_sampling indirect_target_selection l1tf mds tsx tsx_async_abort mmio_stale_data
    reg_file_data_sampling srbds tsa vmscape randomize_kstack_offset vsyscall audit lsm security selinux apparmor nosmap nosmep`,
  'which CPUs a process may use, and what else runs there': `
    isolcpus nohz nohz_full rcu_nocbs rcu_nocb_poll irqaffinity maxcpus nr_cpus nosmp nosmt preempt threadirqs skew_tick nowatchdog
    nmi_watchdog nosoftlockup workqueue.power_efficient`,
  'clock rates, sleep states and clocks': `
    intel_pstate amd_pstate cpufreq.default_governor cpufreq.off cpuidle.off intel_idle.max_cstate processor.max_cstate idle
    clocksource tsc highres hpet`,
  'memory and the allocator': `
    transparent_hugepage hugepages hugepagesz default_hugepagesz mem numa numa_balancing init_on_alloc init_on_free slub_debug
    slab_debug slab_nomerge slab_merge page_poison page_alloc.shuffle kasan kfence.sample_interval debug_pagealloc lru_gen.enabled
    zswap.enabled swapaccount cgroup_disable cgroup_enable psi systemd.unified_cgroup_hierarchy`,
  'file systems and block devices': `
    elevator max_loop loop.max_loop loop.hw_queue_depth nvme.poll_queues scsi_mod.use_blk_mq fuse.enable_uring fuse.max_user_bgreq
    overlay.metacopy overlay.redirect_dir overlay.index`,
};

const KERNEL_NAMES = new Set(Object.values(KERNEL_OPTIONS).flatMap((names) => names.trim().split(/\s+/)));
/** Lists of CPUs, sizes and words; no path and no address. */
const PLAIN_VALUE = /^[\w.,:+-]*$/;

/** Separated by spaces, in the order of the command line. The kernel takes `-` and `_` in names as equal. */
export const measuringOptions = (commandLine: string): string =>
  commandLine
    .split(/\s+/)
    .filter((option) => {
      const [name = '', value = ''] = option.split(/=(.*)/s);
      return KERNEL_NAMES.has(name.replaceAll('-', '_')) && PLAIN_VALUE.test(value);
    })
    .join(' ');

/** Disks by the kernel's own names. Names of volumes, pools and shares are chosen by people. */
const DISK =
  /^\/dev\/(?:[shv]d[a-z]+|xvd[a-z]+|dasd[a-z]+|nvme\d+n|mmcblk|loop|dm-|md|pmem|ram|zram)\d*(?:p?\d+)?$/;
/** Kinds of devices by the beginnings of their names. */
const DEVICE_KINDS: readonly (readonly [RegExp, string])[] = [
  [/^\/dev\/mapper\//, 'a device-mapper volume'],
  [/^\/dev\//, 'a block device'],
  [/^\/\/|:/, 'a network share'],
];

const NO_DEVICE = 'no block device';
const UNKNOWN = 'unknown';
const KINDS = [...DEVICE_KINDS.map(([, kind]) => kind), NO_DEVICE, UNKNOWN];

/** The source of a mount: the device of a disk, else what kind of thing it is. */
export const publicDevice = (source: string): string =>
  DISK.test(source) || KINDS.includes(source)
    ? source
    : (DEVICE_KINDS.find(([beginning]) => beginning.test(source))?.[1] ?? NO_DEVICE);

const MOUNT_VALUES = new Set(
  `data commit errors compress compress-force space_cache stripe logbufs logbsize allocsize sunit swidth barrier discard size nr_inodes
  nr_blocks recordsize vers rsize wsize metacopy redirect_dir index`.split(/\s+/),
);

/** Options of a mount, comma-separated: flags, and values that are no path, name or address. */
export const publicMountOptions = (options: string): string =>
  options
    .split(',')
    .filter((option) => {
      const [name = '', value] = option.split(/=(.*)/s);
      return (
        /^[\w-]+$/.test(name) && (value === undefined || (MOUNT_VALUES.has(name) && PLAIN_VALUE.test(value)))
      );
    })
    .join(',');
