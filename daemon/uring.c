/*
 * FUSE over io_uring.
 *
 * Needs:  Linux 6.14 with the module parameter enable_uring. Every possible CPU must have a queue with an entry before the
 *         kernel uses the rings.
 * Does:   one ring and one thread per CPU, pinned to it if allowed, so that requests are served on the CPU of the client.
 *         One io_uring_enter(2) sends a reply and waits for the next request. FORGET and INTERRUPT still come by read(2).
 * Cost:   a thread per possible CPU, and address space for the largest reply per entry; only used pages take memory.
 * Source: fs/fuse/dev_uring.c, Documentation/filesystems/fuse/fuse-io-uring.rst, io_uring_setup(2).
 */
#include "uring.h"

#include <errno.h>

#if __has_include(<linux/io_uring.h>)
#include <linux/io_uring.h>
#endif

#ifndef IORING_SETUP_SQE128
int uring_run(const struct server *server, const struct mount *mount)
{
	(void)mount;
	log_line(&server->log, "transport: built with kernel headers that lack io_uring commands");
	return -ENOSYS;
}
#else

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "dispatch.h"
#include "loop.h"
#include "threads.h"

#define ENTRIES 4u
#define SQE_BYTES 128u
#ifndef IORING_SETUP_SINGLE_ISSUER
#define IORING_SETUP_SINGLE_ISSUER (1U << 12)
#endif
#ifndef IORING_SETUP_DEFER_TASKRUN
#define IORING_SETUP_DEFER_TASKRUN (1U << 13)
#endif

struct entry {
	struct abi_uring_header header;
	struct iovec parts[2];
	uint8_t *payload;
};

struct queue {
	const struct server *server;
	const struct mount *mount;
	pthread_t thread;
	uint16_t cpu;
	int ring_fd;
	uint8_t *sqes;
	_Atomic uint32_t *sq_tail;
	uint32_t *sq_array;
	uint32_t sq_mask;
	_Atomic uint32_t *cq_head;
	_Atomic uint32_t *cq_tail;
	uint32_t cq_mask;
	struct io_uring_cqe *cqes;
	struct entry entries[ENTRIES];
	/* The assembled request, aligned. */
	uint64_t request[REQUEST_BYTES / 8];
	/* Commands in the ring that the kernel has not taken yet. */
	uint32_t pending;
};

static uint32_t payload_bytes(const struct server *server)
{
	/* The kernel also needs room for a request of 8 KiB. */
	return server->reply_bytes > 8192 ? server->reply_bytes : 8192;
}

static int open_ring(struct queue *queue)
{
	struct io_uring_params params = { .flags = IORING_SETUP_SQE128 | IORING_SETUP_SINGLE_ISSUER |
						   IORING_SETUP_DEFER_TASKRUN };
	size_t bytes;
	uint8_t *rings;

	queue->ring_fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &params);
	if (queue->ring_fd < 0 && errno == EINVAL) {
		params = (struct io_uring_params){ .flags = IORING_SETUP_SQE128 };
		queue->ring_fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &params);
	}
	if (queue->ring_fd < 0)
		return -errno;
	/* Since Linux 5.4 both rings lie in one mapping. */
	bytes = params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe);
	if (params.sq_off.array + params.sq_entries * sizeof(uint32_t) > bytes)
		bytes = params.sq_off.array + params.sq_entries * sizeof(uint32_t);
	rings = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, queue->ring_fd, IORING_OFF_SQ_RING);
	queue->sqes = mmap(NULL, params.sq_entries * SQE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, queue->ring_fd,
			   IORING_OFF_SQES);
	if (rings == MAP_FAILED || queue->sqes == MAP_FAILED)
		return -ENOMEM;
	queue->sq_tail = (_Atomic uint32_t *)(void *)(rings + params.sq_off.tail);
	queue->sq_array = (uint32_t *)(void *)(rings + params.sq_off.array);
	queue->sq_mask = params.sq_entries - 1;
	queue->cq_head = (_Atomic uint32_t *)(void *)(rings + params.cq_off.head);
	queue->cq_tail = (_Atomic uint32_t *)(void *)(rings + params.cq_off.tail);
	queue->cq_mask = params.cq_entries - 1;
	queue->cqes = (struct io_uring_cqe *)(void *)(rings + params.cq_off.cqes);
	return 0;
}

/* Puts a command for an entry into the ring; the next wait submits it. */
static void queue_command(struct queue *queue, uint32_t number, uint32_t operation)
{
	struct entry *entry = &queue->entries[number];
	uint32_t tail = atomic_load_explicit(queue->sq_tail, memory_order_relaxed);
	struct io_uring_sqe *sqe = (struct io_uring_sqe *)(void *)(queue->sqes + (tail & queue->sq_mask) * SQE_BYTES);
	struct abi_uring_command body = { .commit_id = entry->header.entry.commit_id, .queue = queue->cpu };

	memset(sqe, 0, SQE_BYTES);
	sqe->opcode = IORING_OP_URING_CMD;
	sqe->fd = queue->mount->device_fd;
	sqe->cmd_op = operation;
	sqe->user_data = number;
	if (operation == ABI_URING_REGISTER) {
		sqe->addr = (uint64_t)(uintptr_t)entry->parts;
		sqe->len = 2;
	}
	memcpy(sqe->cmd, &body, sizeof(body));
	queue->sq_array[tail & queue->sq_mask] = tail & queue->sq_mask;
	atomic_store_explicit(queue->sq_tail, tail + 1, memory_order_release);
	queue->pending++;
}

/* Assembles a request as read(2) would give it; the ring holds header, fixed part and names separately. */
static uint32_t assemble_request(struct queue *queue, const struct entry *entry)
{
	uint8_t *request = (uint8_t *)queue->request;
	struct fuse_in_header head;
	uint32_t body, named = entry->header.entry.payload_bytes;

	memcpy(&head, entry->header.in_out, sizeof(head));
	body = head.len - (uint32_t)sizeof(head);
	if (head.len < sizeof(head) || head.len > REQUEST_BYTES || named > body ||
	    body - named > sizeof(entry->header.operation) || named > payload_bytes(queue->server))
		return 0;
	memcpy(request, &head, sizeof(head));
	memcpy(request + sizeof(head), entry->header.operation, body - named);
	memcpy(request + sizeof(head) + body - named, entry->payload, named);
	return head.len;
}

static void serve(struct queue *queue, uint32_t number)
{
	struct entry *entry = &queue->entries[number];
	uint32_t bytes = assemble_request(queue, entry);
	struct outcome outcome = { .needs_reply = true, .result = -EIO };
	struct fuse_in_header in;
	struct fuse_out_header out;

	memcpy(&in, entry->header.in_out, sizeof(in));
	if (bytes != 0)
		dispatch(queue->server, (const uint8_t *)queue->request, bytes, entry->payload, &outcome);
	out = reply_header(in.unique, outcome.needs_reply ? outcome.result : -EIO);
	memcpy(entry->header.in_out, &out, sizeof(out));
	entry->header.entry.payload_bytes = outcome.result > 0 ? (uint32_t)outcome.result : 0;
	queue_command(queue, number, ABI_URING_COMMIT_AND_FETCH);
}

/* Serves until the unmount. 0 or -errno. */
static int run(struct queue *queue)
{
	for (;;) {
		long done = syscall(SYS_io_uring_enter, queue->ring_fd, queue->pending, 1, IORING_ENTER_GETEVENTS, NULL, 0);
		uint32_t head = atomic_load_explicit(queue->cq_head, memory_order_relaxed);

		if (done < 0 && errno != EINTR && errno != EAGAIN && errno != EBUSY)
			return -errno;
		if (done > 0)
			queue->pending -= (uint32_t)done;
		for (; head != atomic_load_explicit(queue->cq_tail, memory_order_acquire); head++) {
			struct io_uring_cqe cqe = queue->cqes[head & queue->cq_mask];

			atomic_store_explicit(queue->cq_head, head + 1, memory_order_release);
			if (cqe.res == -ENOTCONN || cqe.res == -ECANCELED)
				return 0;
			if (cqe.res < 0)
				return cqe.res;
			serve(queue, (uint32_t)cqe.user_data);
		}
	}
}

static int prepare(struct queue *queue)
{
	uint32_t bytes = payload_bytes(queue->server);
	uint8_t *payloads = mmap(NULL, (size_t)bytes * ENTRIES, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	int err = payloads == MAP_FAILED ? -ENOMEM : open_ring(queue);

	if (err != 0)
		return err;
	for (uint32_t i = 0; i < ENTRIES; i++) {
		struct entry *entry = &queue->entries[i];

		entry->payload = payloads + (size_t)bytes * i;
		entry->parts[0] = (struct iovec){ .iov_base = &entry->header, .iov_len = sizeof(entry->header) };
		entry->parts[1] = (struct iovec){ .iov_base = entry->payload, .iov_len = bytes };
		queue_command(queue, i, ABI_URING_REGISTER);
	}
	return 0;
}

static void pin_to(unsigned cpu)
{
	cpu_set_t set;

	if (cpu >= CPU_SETSIZE || sched_getaffinity(0, sizeof(set), &set) != 0 || !CPU_ISSET(cpu, &set))
		return;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* Requests of this CPU would wait forever: detaches the mount, so that no ENOTCONN stays, and ends the server. */
static _Noreturn void end_server(const struct mount *mount)
{
	static atomic_flag ending = ATOMIC_FLAG_INIT;

	/* Another queue that failed is doing it. */
	while (atomic_flag_test_and_set(&ending))
		pause();
	mount_detach(mount);
	_exit(1);
}

static void *queue_main(void *argument)
{
	struct queue *queue = argument;
	int err;

	pin_to(queue->cpu);
	/* Only the thread that made a ring may use it. */
	err = prepare(queue);
	if (err == 0)
		err = run(queue);
	if (err == 0) {
		munmap(queue->entries[0].payload, (size_t)payload_bytes(queue->server) * ENTRIES);
		close(queue->ring_fd);
		return NULL;
	}
	log_line(&queue->server->log, "serve: the queue of CPU %u ended: %s", queue->cpu, strerror(-err));
	end_server(queue->mount);
}

int uring_run(const struct server *server, const struct mount *mount)
{
	unsigned count = cpus_possible();
	struct queue *queues = aligned_alloc(64, (sizeof(*queues) * count + 63) / 64 * 64);
	struct loop loop;
	int err = queues == NULL ? -ENOMEM : loop_open(&loop, server->reply_bytes, mount->device_fd, (struct spin){ 0 });

	if (err != 0)
		return err;
	for (unsigned i = 0; err == 0 && i < count; i++) {
		queues[i] = (struct queue){ .server = server, .mount = mount, .cpu = (uint16_t)i };
		err = thread_start(&queues[i].thread, queue_main, &queues[i]);
	}
	if (err == 0)
		err = loop_run(&loop, server);
	for (unsigned i = 0; err == 0 && i < count; i++)
		pthread_join(queues[i].thread, NULL);
	loop_close(&loop);
	/* After a failure, threads use the queues until the process ends. */
	if (err == 0)
		free(queues);
	return err;
}

#endif
