/*
 * Inodes of the image as nodes of the protocol. A node id is the inode's number in the image; only the root differs,
 * which is 1 by definition. Number 1 cannot occur in an image: the superblock lies there. So there is nothing to
 * remember and nothing to forget.
 */
#ifndef CFS_NODES_H
#define CFS_NODES_H

#include "inode.h"
#include "server.h"

uint64_t node_id(const struct image *img, uint64_t nid);

/* The inode behind a node id that the kernel sent. 0 or -EUCLEAN. */
int node_read(const struct image *img, uint64_t id, struct inode *inode);

/* Whether the name of an inode is not to be seen: whiteouts are for an overlayfs above only. */
bool node_is_hidden(const struct server *server, const struct inode *inode);

void node_attr(const struct inode *inode, struct fuse_attr *attr);

/* A name that is there, and one that is not: the kernel may remember both for good. */
void node_entry(const struct image *img, const struct inode *inode, struct fuse_entry_out *entry);
void node_no_entry(struct fuse_entry_out *entry);

/* The body of a request as a structure that starts it, or NULL when it is too short. */
const void *request_head(const struct request *request, uint32_t bytes);

/* The terminated name that follows `skip` bytes of the body; NULL when there is none. */
const char *request_name(const struct request *request, uint32_t skip, uint32_t *name_bytes);

#endif
