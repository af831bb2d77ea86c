// What runs in the guest: the first process, which loads modules and mounts the disks, and the job.
//
// Disks, in the order of the devices: the tree of the guest, the program, a file system to work on, an archive of what comes back.
// Lines to the host begin with a word of `WORDS` on the second serial line; the first one is the console.

export const GUEST_PROGRAM = '/opt/cfsbench';
/** Where the job of the guest puts what comes back. */
export const GUEST_OUT = '/tmp/out';
export const GUEST_WORK = '/work';
export const EXIT_FILE = 'exit';

/** First words of lines of the guest's scripts. */
export const WORDS = {
  up: 'cfsbench-vm-up',
  failed: 'cfsbench-vm-failed',
  /** The archive is complete on its disk. */
  done: 'cfsbench-vm-done',
} as const;

const FIRST = `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
ifconfig lo 127.0.0.1 up
for module in /modules/*.ko; do
  [ -e "$module" ] && { insmod "$module" || echo "cfsbench: $module is not loaded"; }
done
fail() {
  echo "${WORDS.failed} $*"
  echo "${WORDS.failed} $*" >/dev/ttyS1
  sync
  poweroff -f
}
[ -c /dev/ttyS1 ] || fail 'the kernel has no second serial line (CONFIG_SERIAL_8250)'
waited=0
while [ ! -b /dev/vdd ] && [ $waited -lt 100 ]; do
  usleep 50000
  waited=$((waited + 1))
done
[ -b /dev/vdd ] || fail 'the kernel found no virtio disks (CONFIG_VIRTIO_PCI, CONFIG_VIRTIO_BLK)'
mount -t ext4 -o ro /dev/vda /root || fail 'the kernel cannot mount the tree of the guest (CONFIG_EXT4_FS)'
mount -t ext4 -o ro /dev/vdb /root${GUEST_PROGRAM} || fail 'the kernel cannot mount the disk of the program'
mount -t ext4 /dev/vdc /root${GUEST_WORK} || fail 'the kernel cannot mount the disk to work on'
for folder in tmp run var/tmp root; do
  mount -t tmpfs tmpfs /root/$folder || fail 'the kernel has no tmpfs (CONFIG_TMPFS)'
done
mount --move /proc /root/proc
mount --move /sys /root/sys
mount --move /dev /root/dev
mkdir -p /root/dev/shm /root/dev/pts
mount -t tmpfs tmpfs /root/dev/shm
mount -t devpts devpts /root/dev/pts
mount -t cgroup2 cgroup2 /root/sys/fs/cgroup
[ -e /root/sys/module/fuse/parameters/enable_uring ] && echo 1 >/root/sys/module/fuse/parameters/enable_uring
cp /job /root/run/job
exec switch_root -c /dev/console /root /bin/sh /run/job
`;

/** A word of a shell command. */
const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

export const firstProcess = FIRST;

/** A command that runs cfsbench in the guest. `argv`: of cfsbench. */
export const guestCommand = (argv: readonly string[]): string =>
  [`${GUEST_PROGRAM}/node`, `${GUEST_PROGRAM}/build/harness/cli/main.js`, ...argv.map(quoted)].join(' ');

/** `command`: its standard error becomes lines of the second serial line. */
export const jobScript = (command: string, environment: Readonly<Record<string, string>>): string => `
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8
${Object.entries(environment)
  .map(([name, value]) => `export ${name}=${quoted(value)}\n`)
  .join('')}
cd /tmp
mkdir ${GUEST_OUT}
echo ${WORDS.up} >/dev/ttyS1
if node=$(${GUEST_PROGRAM}/node --version 2>&1); then
  # Through a pipe: on a terminal it would draw a line of progress.
  {
    ${command} 2>&1 >${GUEST_OUT}/stdout </dev/null
    echo $? >${GUEST_OUT}/${EXIT_FILE}
  } | cat >/dev/ttyS1
  if tar -C ${GUEST_OUT} -cf /dev/vdd . && sync /dev/vdd; then
    echo ${WORDS.done} >/dev/ttyS1
  else
    echo ${WORDS.failed} 'the results cannot be written to their disk' >/dev/ttyS1
  fi
else
  echo "${WORDS.failed} Node.js does not start in the guest: $(echo "$node" | head -n 1)" >/dev/ttyS1
fi
sync
busybox poweroff -f
`;
