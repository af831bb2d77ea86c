/*
 * Inodes of the image as nodes of the protocol. A node id is the inode's number in the image, except for the root, which
 * is 1 by definition; no inode has number 1, because the superblock lies there. So no table of nodes is needed.
 */
#ifndef CFS_NODES_H
#define CFS_NODES_H

#include "inode.h"
#include "server.h"

/* The inode of a node id sent by the kernel. 0 or -EUCLEAN. */
int node_read(const struct image *img, uint64_t id, struct inode *inode);

/* Whether an inode's name is hidden: only an overlayfs above sees whiteouts. */
bool node_is_hidden(const struct server *server, const struct inode *inode);

/* Replies for an existing and a missing name; the kernel may cache both forever. */
void node_entry(const struct image *img, const struct inode *inode, struct fuse_entry_out *entry);
void node_no_entry(struct fuse_entry_out *entry);

/* The body of a request, or NULL if it has less than `bytes` bytes. */
const void *request_head(const struct request *request, uint32_t bytes);

/* The terminated name after `skip` bytes of the body, or NULL. */
const char *request_name(const struct request *request, uint32_t skip, uint32_t *name_bytes);

#endif
